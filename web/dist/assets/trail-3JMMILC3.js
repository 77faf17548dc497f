import{g as t}from"./chunk-D7T4XN55.js";function a(){return t("h1",{children:"trail"})}export{a as default};
