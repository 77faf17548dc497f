import{g as t}from"./chunk-D7T4XN55.js";function u(){return t("h1",{children:"study"})}export{u as default};
