import{i as t}from"./chunk-AWWH37GZ.js";function u(){return t("h1",{children:"study"})}export{u as default};
